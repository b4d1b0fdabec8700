namespace HQ.OAuth2;

/// <summary>A setting that weakens the server.</summary>
/// <param name="Key">Its name below the section.</param>
/// <param name="Value">The configured value.</param>
/// <param name="Consequence">The consequence, for an operator.</param>
internal sealed record OptionsWarning(string Key, object Value, string Consequence);
