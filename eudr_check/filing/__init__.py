"""What happens to a finished package before it leaves the house: a person signs it, and others check who did."""
