"""What must hold in a world, checked from outside."""
