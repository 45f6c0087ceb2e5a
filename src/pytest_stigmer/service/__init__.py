"""The gRPC service: servicers, status mapping, server, fixture control."""
