using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace HQ.OAuth2;

/// <summary>
/// A piece of HTML. It can be made only from an interpolated string, and every value in it is encoded: a page cannot forget to encode.
/// </summary>
internal readonly struct Html
{
    private readonly string? text;

    private Html(string text) => this.text = text;

    public static Html None => default;

    public static Html Of(HtmlWriter writer) => new(writer.ToString());

    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(p => p.text)));

    public override string ToString() => text ?? "";
}

/// <summary>Writes the literals unchanged, and the values encoded, unless they are HTML already.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlWriter
{
    private readonly StringBuilder html;

    public HtmlWriter(int literalLength, int formattedCount) => html = new(literalLength + (16 * formattedCount));

    public void AppendLiteral(string literal) => html.Append(literal);

    public void AppendFormatted(string? text) => html.Append(HtmlEncoder.Default.Encode(text ?? ""));

    public void AppendFormatted(Html piece) => html.Append(piece.ToString());

    public void AppendFormatted(IEnumerable<Html> pieces) => html.Append(Html.Join(pieces).ToString());

    public override string ToString() => html.ToString();
}
