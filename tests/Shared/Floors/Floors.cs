using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace HQ.OAuth2.Tests;

/// <summary>Which folder of a project uses which: the built assembly says who uses whom, the sources say where a type stands.</summary>
internal sealed partial class Floors
{
    private readonly Dictionary<string, string> folders;
    private readonly HashSet<(string From, string To, string Because)> uses = [];

    /// <param name="project">The folder of the project below <c>src</c>, and the name of its assembly.</param>
    public Floors(string project)
    {
        var root = Path.Combine(Repository.Root, "src", project);
        folders = Directory
            .EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: file, Folder: Path.GetRelativePath(root, Path.GetDirectoryName(file)!).Replace('\\', '/')))
            .Where(f => f.Folder.Split('/')[0] is not ("bin" or "obj"))
            .SelectMany(f => Declaration().Matches(File.ReadAllText(f.File)).Select(m => (Name: m.Groups["name"].Value, f.Folder)))
            .GroupBy(t => t.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(t => t.Folder).Distinct().Single(), StringComparer.Ordinal);
        using var assembly = AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, project + ".dll"));
        foreach (var type in assembly.MainModule.Types)
            Look(type, type.Name.Split('`')[0]);
    }

    /// <summary>The folders that have a type.</summary>
    public IEnumerable<string> Folders => folders.Values.Distinct();

    /// <summary>Each pair of folders of which the first uses the second, with one of the reasons.</summary>
    public IEnumerable<(string From, string To, string Because)> Uses =>
        uses.GroupBy(u => (u.From, u.To)).Select(g => (g.Key.From, g.Key.To, string.Join(", ", g.Select(u => u.Because).Order().Take(5))));

    // Namespaces are file-scoped, so what begins a line is no nested type.
    [GeneratedRegex(
        @"^(?:(?:public|internal|abstract|sealed|static|partial|readonly|ref) )+(?:record struct|record|class|struct|interface|enum) (?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Declaration();

    private void Look(TypeDefinition type, string outermost)
    {
        Note(outermost, type.BaseType);
        foreach (var implemented in type.Interfaces)
            Note(outermost, implemented.InterfaceType);
        foreach (var parameter in type.GenericParameters)
            Note(outermost, parameter);
        Note(outermost, type.CustomAttributes);
        foreach (var field in type.Fields)
            Note(outermost, field.FieldType);
        foreach (var property in type.Properties)
            Note(outermost, property.CustomAttributes);
        foreach (var method in type.Methods)
            Look(method, outermost);
        foreach (var nested in type.NestedTypes)
            Look(nested, outermost);
    }

    private void Look(MethodDefinition method, string outermost)
    {
        Note(outermost, method.ReturnType);
        foreach (var parameter in method.Parameters)
            Note(outermost, parameter.ParameterType);
        foreach (var parameter in method.GenericParameters)
            Note(outermost, parameter);
        Note(outermost, method.CustomAttributes);
        if (!method.HasBody)
            return;
        foreach (var variable in method.Body.Variables)
            Note(outermost, variable.VariableType);
        foreach (var instruction in method.Body.Instructions)
            Note(outermost, instruction);
    }

    private void Note(string from, Instruction instruction)
    {
        switch (instruction.Operand)
        {
            case TypeReference type:
                Note(from, type);
                break;
            case FieldReference field:
                Note(from, field.DeclaringType);
                Note(from, field.FieldType);
                break;
            case MethodReference method:
                Note(from, method.DeclaringType);
                Note(from, method.ReturnType);
                foreach (var parameter in method.Parameters)
                    Note(from, parameter.ParameterType);
                if (method is GenericInstanceMethod generic)
                {
                    foreach (var argument in generic.GenericArguments)
                        Note(from, argument);
                }

                break;
        }
    }

    private void Note(string from, IEnumerable<CustomAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            foreach (var argument in attribute.ConstructorArguments)
            {
                if (argument.Value is TypeReference type)
                    Note(from, type);
            }
        }
    }

    private void Note(string from, GenericParameter parameter)
    {
        foreach (var constraint in parameter.Constraints)
            Note(from, constraint.ConstraintType);
    }

    private void Note(string from, TypeReference? to)
    {
        switch (to)
        {
            case null or GenericParameter:
                return;
            case GenericInstanceType generic:
                Note(from, generic.ElementType);
                foreach (var argument in generic.GenericArguments)
                    Note(from, argument);
                return;
            case TypeSpecification specification:
                Note(from, specification.ElementType);
                return;
        }

        var outermost = to;
        while (outermost.DeclaringType is { } declaring)
            outermost = declaring;
        var name = outermost.Name.Split('`')[0];
        if (
            outermost.Scope is ModuleDefinition
            && folders.TryGetValue(from, out var folder)
            && folders.TryGetValue(name, out var other)
            && folder != other
        )
            uses.Add((folder, other, $"{from} uses {name}"));
    }
}
