"""Everything that knows what Label Studio looks like."""
