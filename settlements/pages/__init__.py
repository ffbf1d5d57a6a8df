"""What people see of their money: the worker's phone page, the contractor's and arbitrator's desks."""
