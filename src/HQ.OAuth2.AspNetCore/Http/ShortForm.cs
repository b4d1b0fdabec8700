namespace HQ.OAuth2;

/// <summary>Marks an endpoint whose path lacks a part of the issuer's: a host may have an endpoint of its own there.</summary>
internal sealed class ShortForm;
