print("isocut")
