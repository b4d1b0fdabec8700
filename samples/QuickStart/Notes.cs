using System.Collections.Concurrent;

namespace QuickStart;

/// <summary>A small API that the server's access tokens open: one operation for each scope.</summary>
internal static class Notes
{
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> notes = new();

    public static void MapNotes(this WebApplication app)
    {
        app.MapGet("/api/notes", (HttpContext http) => Of(http)).RequireScope("read");
        app.MapPost(
                "/api/notes",
                (HttpContext http, Note note) =>
                {
                    Of(http).Enqueue(note.Text);
                    return Results.Created("/api/notes", note);
                }
            )
            .RequireScope("write");
        app.MapDelete(
                "/api/notes",
                (HttpContext http) =>
                {
                    Of(http).Clear();
                    return Results.NoContent();
                }
            )
            .RequireScope("delete");
    }

    private static ConcurrentQueue<string> Of(HttpContext http) => notes.GetOrAdd(http.User.FindFirst("sub")!.Value, _ => new());
}

/// <summary>A note, as the API takes it.</summary>
internal sealed record Note(string Text);
