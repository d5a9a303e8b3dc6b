"""The stages of an audit, one small file each; none of them knows another."""
