"""What one party can hand over, and the other can check without trusting it."""
