namespace HQ.OAuth2;

/// <summary>A rule about the value of one key.</summary>
/// <param name="Fix">What is wrong with a value and what to write instead; null when nothing is wrong.</param>
/// <param name="Hint">The rule in words, for README; null when the documentation of the property says it.</param>
internal sealed record OptionRule<TValue>(Func<TValue, string?> Fix, string? Hint = null);

/// <summary>A value of one key that works and weakens the server.</summary>
/// <param name="Weakens">Whether a value does.</param>
/// <param name="Consequence">What follows from that, for an operator.</param>
/// <param name="Hint">Such values in words, for README.</param>
internal sealed record OptionCaution<TValue>(Func<TValue, bool> Weakens, string Consequence, string Hint);
