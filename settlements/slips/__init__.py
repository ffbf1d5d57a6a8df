"""Papers that people take along: pay slip (工资清单), wage table (工资支付表), attendance sheet (考勤表)."""
