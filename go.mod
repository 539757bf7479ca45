module example.com/tracelab

go 1.26.0
