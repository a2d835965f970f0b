using System.Diagnostics.CodeAnalysis;
using System.Reflection.Metadata;

namespace Hutch.Architecture.Tests.Compiled;

/// <summary>Full names of methods and types in metadata.</summary>
internal static class MethodNames
{
    /// <summary>Names the method behind a handle: one of another assembly or of this one, generic or not.</summary>
    public static bool TryRead(
        MetadataReader metadata,
        EntityHandle handle,
        [NotNullWhen(true)] out string? type,
        [NotNullWhen(true)] out string? name,
        out IReadOnlyList<string> parameters)
    {
        (type, name, parameters) = (null, null, []);
        switch (handle.Kind)
        {
            case HandleKind.MethodSpecification:
                return TryRead(metadata, metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method, out type, out name, out parameters);
            case HandleKind.MemberReference:
                MemberReference reference = metadata.GetMemberReference((MemberReferenceHandle)handle);
                if (reference.GetKind() != MemberReferenceKind.Method)
                {
                    return false;
                }

                type = TypeName(metadata, reference.Parent);
                name = metadata.GetString(reference.Name);
                parameters = reference.DecodeMethodSignature(TypeNameProvider.Instance, null).ParameterTypes;
                return true;
            case HandleKind.MethodDefinition:
                MethodDefinition definition = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                type = TypeName(metadata, definition.GetDeclaringType());
                name = metadata.GetString(definition.Name);
                parameters = definition.DecodeSignature(TypeNameProvider.Instance, null).ParameterTypes;
                return true;
            default:
                return false;
        }
    }

    /// <summary>The type in a file that a method stands in, even when the compiler put it into a closure or state machine.</summary>
    public static string OutermostType(MetadataReader metadata, MethodDefinition method) =>
        OutermostType(metadata, method.GetDeclaringType());

    /// <summary>The type in a file that another stands in; itself when it stands in none.</summary>
    public static string OutermostType(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        while (metadata.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } outer)
        {
            handle = outer;
        }

        return TypeName(metadata, handle);
    }

    private static string TypeName(MetadataReader metadata, EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeReference => TypeNameProvider.Instance.GetTypeFromReference(metadata, (TypeReferenceHandle)handle, 0),
        HandleKind.TypeDefinition => TypeNameProvider.Instance.GetTypeFromDefinition(metadata, (TypeDefinitionHandle)handle, 0),
        HandleKind.TypeSpecification => metadata.GetTypeSpecification((TypeSpecificationHandle)handle)
            .DecodeSignature(TypeNameProvider.Instance, null),
        _ => "",
    };
}
