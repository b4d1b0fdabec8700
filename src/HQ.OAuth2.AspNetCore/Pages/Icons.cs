namespace HQ.OAuth2;

/// <summary>Our own small pictures, as inline SVG. Each stands beside words that say the same, so a screen reader skips it.</summary>
internal static class Icons
{
    private static readonly string[] reading = ["read", "view", "list", "get", "search", "see", "query"];
    private static readonly string[] writing =
    [
        "write",
        "create",
        "add",
        "edit",
        "update",
        "modify",
        "change",
        "send",
        "post",
        "upload",
        "manage",
    ];
    private static readonly string[] deleting = ["delete", "remove", "destroy", "purge", "erase"];

    private static readonly Html eye = Icon("M1 8s2.5-5 7-5 7 5 7 5-2.5 5-7 5-7-5-7-5zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z");
    private static readonly Html pencil = Icon("M2 14l1-4 7.5-7.5 3 3L6 13zM9 4l3 3");
    private static readonly Html bin = Icon("M2 4h12M6 4V2h4v2M4 4l1 10h6l1-10M7 7v4M9 7v4");
    private static readonly Html key = Icon("M8.5 7.5 14 2M11 5l2 2M9 10.5a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z");

    /// <summary>Between two tiles: one gets access to the other.</summary>
    public static Html Arrow { get; } = Icon("M1 8h13M10 4l4 4-4 4");

    /// <summary>Beside a remark.</summary>
    public static Html Info { get; } = Icon("M8 15A7 7 0 1 0 8 1a7 7 0 0 0 0 14zM8 7.5V11M8 5h.01");

    /// <summary>Beside a warning that must not be missed.</summary>
    public static Html Alarm { get; } = Icon("M8 1.5 15 14H1zM8 6v4M8 12h.01");

    /// <summary>Beside what has been done.</summary>
    public static Html Done { get; } = Icon("M2 8.5 6 12.5 14 3.5");

    /// <summary>What a scope is about, by the words of its name.</summary>
    public static Html Of(ConsentScope scope)
    {
        var words = scope.Name.ToLowerInvariant().Split([':', '.', '-', '_', '/'], StringSplitOptions.RemoveEmptyEntries);
        return scope.Destructive || words.Any(deleting.Contains) ? bin
            : words.Any(writing.Contains) ? pencil
            : words.Any(reading.Contains) ? eye
            : key;
    }

    private static Html Icon(string path) =>
        Html.Of($"<svg class=\"i\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"{path}\"/></svg>");
}
