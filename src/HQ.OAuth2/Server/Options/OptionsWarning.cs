namespace HQ.OAuth2;

/// <summary>A setting that weakens the server.</summary>
/// <param name="Key">Its name below the section.</param>
/// <param name="Value">What is configured.</param>
/// <param name="Consequence">What follows from that, for an operator.</param>
internal sealed record OptionsWarning(string Key, object Value, string Consequence);
