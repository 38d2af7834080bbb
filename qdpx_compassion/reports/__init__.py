"""What people look at: the workbook."""
