using System.Reflection;
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
    private readonly Lazy<ILookup<string, FieldDefinitionHandle>> _fields;

    private CompiledAssembly(Project project, PEReader image)
    {
        Project = project;
        _image = image;
        Metadata = image.GetMetadataReader();
        _lines = SourceLines.Open(project.AssemblyPath, image);
        _fields = new(() => Metadata.FieldDefinitions.ToLookup(NameOf));
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

    /// <summary>Full names of the private fields that could be read-only: no method but a constructor of their type stores them.</summary>
    public IEnumerable<string> FieldsThatOnlyConstructorsStore()
    {
        HashSet<FieldDefinitionHandle> stored = [.. MethodsWithBody().SelectMany(StoredOutsideOfConstructors)];
        foreach (FieldDefinitionHandle handle in Metadata.FieldDefinitions)
        {
            FieldDefinition field = Metadata.GetFieldDefinition(handle);
            bool canChange = (field.Attributes & (FieldAttributes.InitOnly | FieldAttributes.Literal)) == 0;
            // The one field of an inline array is stored by its indexer.
            bool isInline = Metadata.GetTypeDefinition(field.GetDeclaringType()).GetCustomAttributes().Any(IsInlineArray);
            bool isPrivate = (field.Attributes & FieldAttributes.FieldAccessMask) == FieldAttributes.Private;
            string name = NameOf(handle);
            if (canChange && isPrivate && !isInline && !name.Contains('<', StringComparison.Ordinal) && !stored.Contains(handle))
            {
                yield return name;
            }
        }
    }

    /// <summary>Every call, object creation and method reference in the code of this assembly.</summary>
    public IEnumerable<Call> Calls()
    {
        foreach ((MethodDefinitionHandle handle, MethodDefinition method, byte[] body) in MethodsWithBody())
        {
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

    private IEnumerable<(MethodDefinitionHandle Handle, MethodDefinition Method, byte[] Body)> MethodsWithBody() =>
        from handle in Metadata.MethodDefinitions
        let method = Metadata.GetMethodDefinition(handle)
        where method.RelativeVirtualAddress != 0
        select (handle, method, _image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes() ?? []);

    /// <summary>A generic type names its own fields by references: those are resolved by the names of type and field.</summary>
    private IEnumerable<FieldDefinitionHandle> StoredOutsideOfConstructors((MethodDefinitionHandle Handle, MethodDefinition Method, byte[] Body) one)
    {
        string name = Metadata.GetString(one.Method.Name);
        TypeDefinitionHandle own = one.Method.GetDeclaringType();
        bool isConstructor = name is ".ctor" or ".cctor";
        return from stored in Instructions.StoredFields(one.Body)
               from field in Resolve(stored.Field)
               where stored.ByReference || !isConstructor || Metadata.GetFieldDefinition(field).GetDeclaringType() != own
               select field;
    }

    private IEnumerable<FieldDefinitionHandle> Resolve(EntityHandle field)
    {
        if (field.Kind == HandleKind.FieldDefinition)
        {
            return [(FieldDefinitionHandle)field];
        }

        MemberReference reference = Metadata.GetMemberReference((MemberReferenceHandle)field);
        return reference.Parent.Kind == HandleKind.TypeSpecification
            ? _fields.Value[$"{TypeNameProvider.Instance.GetTypeFromSpecification(
                Metadata, null, (TypeSpecificationHandle)reference.Parent, 0)}.{Metadata.GetString(reference.Name)}"]
            : [];
    }

    private bool IsInlineArray(CustomAttributeHandle handle) =>
        MethodNames.TryRead(Metadata, Metadata.GetCustomAttribute(handle).Constructor, out string? type, out _, out _)
        && type == "System.Runtime.CompilerServices.InlineArrayAttribute";

    private string NameOf(FieldDefinitionHandle handle)
    {
        FieldDefinition field = Metadata.GetFieldDefinition(handle);
        return $"{TypeNameProvider.Instance.GetTypeFromDefinition(Metadata, field.GetDeclaringType(), 0)}.{Metadata.GetString(field.Name)}";
    }

    [GeneratedRegex(@"`\d+")]
    private static partial Regex ArityPattern();
}
