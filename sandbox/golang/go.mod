module gavel.invalid/gavelgo

go 1.27
