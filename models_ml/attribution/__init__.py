"""Who gets the credit for a conversion: paths of touches in, credits per touch and campaign out."""
