using System.Reflection;
using System.Reflection.Metadata;

namespace Hutch.Architecture.Tests.Compiled;

/// <summary>One declared method.</summary>
/// <param name="Type">The full name of its type.</param>
/// <param name="Name">Its name.</param>
/// <param name="Returns">The full name of the type that it returns.</param>
/// <param name="Parameters">The full names of the types of its parameters.</param>
/// <param name="IsOverride">Whether its shape was given by a base type.</param>
/// <param name="IsPrivate">Whether only its own type can call it.</param>
internal sealed record Method(
    string Type, string Name, string Returns, IReadOnlyList<string> Parameters, bool IsOverride, bool IsPrivate)
{
    /// <summary>Made by the compiler, or a lambda or local function.</summary>
    public bool IsGenerated => Name.Contains('<') || Type.Contains('<');

    public static Method Read(MetadataReader metadata, MethodDefinition definition)
    {
        MethodSignature<string> signature = definition.DecodeSignature(TypeNameProvider.Instance, null);
        bool isVirtual = definition.Attributes.HasFlag(MethodAttributes.Virtual);
        return new Method(
            MethodNames.OutermostType(metadata, definition),
            metadata.GetString(definition.Name),
            signature.ReturnType,
            signature.ParameterTypes,
            isVirtual && !definition.Attributes.HasFlag(MethodAttributes.NewSlot),
            (definition.Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Private || IsInPrivateType(metadata, definition));
    }

    private static bool IsInPrivateType(MetadataReader metadata, MethodDefinition definition) =>
        (metadata.GetTypeDefinition(definition.GetDeclaringType()).Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.NestedPrivate;
}
