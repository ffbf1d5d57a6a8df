"""When a worker says no: the case, what each record says, and the answer that moves the money."""
