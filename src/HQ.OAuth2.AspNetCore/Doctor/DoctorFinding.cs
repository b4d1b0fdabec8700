namespace HQ.OAuth2;

/// <summary>Something that breaks clients.</summary>
public sealed class DoctorFinding
{
    internal DoctorFinding(string problem, string fix) => (Problem, Fix) = (problem, fix);

    /// <summary>What was found, and what it breaks.</summary>
    public string Problem { get; }

    /// <summary>What to change.</summary>
    public string Fix { get; }
}
