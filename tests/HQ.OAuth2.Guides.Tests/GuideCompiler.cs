using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HQ.OAuth2.Tests;

/// <summary>Compiles the C# of a page as a reader would who pasted it into a web app.</summary>
internal static class GuideCompiler
{
    // The implicit usings of a web app.
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Net.Http.Json;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    // Every assembly that this one can use, with those of ASP.NET Core.
    private static readonly List<MetadataReference> references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) != typeof(GuideCompiler).Assembly.GetName().Name + ".dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>
    /// Compiles the blocks of a page that are no programs: statements stand in a method that has <c>builder</c> and <c>app</c>, and a type is
    /// seen by all blocks of the page.
    /// </summary>
    public static IReadOnlyList<string> ErrorsOfFragments(Guide guide)
    {
        StringBuilder usings = new(),
            methods = new(),
            types = new();
        foreach (var block in guide.Blocks("csharp").Where(block => !block.IsProgram).Concat(guide.Support))
        {
            var unit = SyntaxFactory.ParseCompilationUnit(block.Code);
            foreach (var directive in unit.Usings)
                Add(usings, guide, block, directive);
            var statements = unit.Members.OfType<GlobalStatementSyntax>().ToList();
            if (statements.Count > 0)
            {
                methods.Append("static partial class Fragments { static async Task Line").Append(block.Line);
                methods.Append("(WebApplicationBuilder builder, WebApplication app) { await Task.CompletedTask;\n");
                statements.ForEach(statement => Add(methods, guide, block, statement));
                methods.Append("} }\n");
            }
            foreach (var type in unit.Members.Where(member => member is not GlobalStatementSyntax))
                Add(types, guide, block, type);
        }
        return Errors(
            Compilation("fragments", OutputKind.DynamicallyLinkedLibrary, usings.Append(methods).Append(types).ToString(), guide.Path)
        );
    }

    /// <summary>The compilation of a program of a page; a type of the page is seen by it if it is in a comment.</summary>
    public static CSharpCompilation Program(Guide guide, Block program)
    {
        var name = "guide-" + Path.ChangeExtension(guide.Path, null).Replace('/', '-').ToLowerInvariant() + "-" + program.Line;
        return Compilation(name, OutputKind.ConsoleApplication, $"#line {program.Line} \"{guide.Path}\"\n{program.Code}", guide.Path);
    }

    public static IReadOnlyList<string> Errors(CSharpCompilation compilation) =>
        [.. compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error).Select(found => found.ToString())];

    private static CSharpCompilation Compilation(string name, OutputKind kind, string code, string path) =>
        CSharpCompilation.Create(
            name,
            [Parse(Usings, "usings"), Parse(code, path)],
            references,
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable)
        );

    private static SyntaxTree Parse(string code, string path) =>
        CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Latest), path);

    // A message names the line of the page.
    private static void Add(StringBuilder to, Guide guide, Block block, SyntaxNode node)
    {
        var line = block.Line + block.Code.AsSpan(0, node.FullSpan.Start).Count('\n');
        to.Append("#line ").Append(line).Append(" \"").Append(guide.Path).Append("\"\n").Append(node.ToFullString()).Append('\n');
    }
}
