module reshape

go 1.27
