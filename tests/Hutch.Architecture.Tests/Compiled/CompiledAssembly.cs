using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests.Compiled;

/// <summary>An assembly as the compiler left it, read without loading it: what it references, and who calls what from which line.</summary>
internal sealed partial class CompiledAssembly : IDisposable
{
    private readonly PEReader _image;
    private readonly SourceLines _lines;

    private CompiledAssembly(Project project, PEReader image)
    {
        Project = project;
        _image = image;
        Metadata = image.GetMetadataReader();
        _lines = SourceLines.Open(project.AssemblyPath, image);
    }

    public Project Project { get; }

    public MetadataReader Metadata { get; }

    /// <summary>Every product's assembly; the caller disposes each.</summary>
    public static IEnumerable<CompiledAssembly> Products() => Repository.Products.Select(Open);

    /// <summary>What the build left of one project; the caller disposes it.</summary>
    public static CompiledAssembly Open(Project project)
    {
        Assert.True(File.Exists(project.AssemblyPath), $"{project.AssemblyPath} is missing: build the solution first.");
        return new CompiledAssembly(project, new PEReader(File.OpenRead(project.AssemblyPath)));
    }

    /// <summary>Names of the assemblies that this one really uses.</summary>
    public IEnumerable<string> References =>
        Metadata.AssemblyReferences.Select(handle => Metadata.GetString(Metadata.GetAssemblyReference(handle).Name));

    /// <summary>Full names of the types of another assembly that this one uses.</summary>
    public IEnumerable<string> TypesUsedOf(string assembly)
    {
        foreach (TypeReferenceHandle handle in Metadata.TypeReferences)
        {
            TypeReference type = Metadata.GetTypeReference(handle);
            if (type.ResolutionScope.Kind == HandleKind.AssemblyReference
                && Metadata.GetString(Metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == assembly)
            {
                yield return $"{Metadata.GetString(type.Namespace)}.{Metadata.GetString(type.Name)}";
            }
        }
    }

    /// <summary>Every call, object creation and method reference in the code of this assembly.</summary>
    public IEnumerable<Call> Calls()
    {
        foreach (MethodDefinitionHandle handle in Metadata.MethodDefinitions)
        {
            MethodDefinition method = Metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
            {
                continue;
            }

            byte[] body = _image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes() ?? [];
            foreach ((int offset, EntityHandle target, bool isCall) in Instructions.Calls(body))
            {
                if (MethodNames.TryRead(Metadata, target, out string? type, out string? name, out IReadOnlyList<string> parameters))
                {
                    yield return new Call(_lines.Find(handle, offset), MethodNames.OutermostType(Metadata, method), type, name, parameters, isCall);
                }
            }
        }
    }

    /// <summary>Every method that people wrote: neither lambdas nor what the compiler made.</summary>
    public IEnumerable<Method> Methods() =>
        Metadata.MethodDefinitions.Select(handle => Method.Read(Metadata, Metadata.GetMethodDefinition(handle))).Where(method => !method.IsGenerated);

    /// <summary>Full names, without arity, of the types that people wrote here; nested ones aside.</summary>
    public IEnumerable<string> DeclaredTypes() => Metadata.TypeDefinitions
        .Where(handle => !Metadata.GetTypeDefinition(handle).IsNested)
        .Select(handle => ArityPattern().Replace(TypeNameProvider.Instance.GetTypeFromDefinition(Metadata, handle, 0), ""))
        .Where(name => name.StartsWith("Hutch.", StringComparison.Ordinal));

    /// <summary>Every native function that is declared here: where, by which type, in which library.</summary>
    public IEnumerable<(string Type, string Library, string Function)> NativeFunctions()
    {
        foreach (MethodDefinitionHandle handle in Metadata.MethodDefinitions)
        {
            MethodDefinition method = Metadata.GetMethodDefinition(handle);
            MethodImport import = method.GetImport();
            if (!import.Module.IsNil)
            {
                string library = Metadata.GetString(Metadata.GetModuleReference(import.Module).Name);
                yield return (MethodNames.OutermostType(Metadata, method), library, Metadata.GetString(import.Name));
            }
        }
    }

    public void Dispose()
    {
        _lines.Dispose();
        _image.Dispose();
    }

    [GeneratedRegex(@"`\d+")]
    private static partial Regex ArityPattern();
}
