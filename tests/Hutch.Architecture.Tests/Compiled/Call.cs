namespace Hutch.Architecture.Tests.Compiled;

/// <summary>One use of a method.</summary>
/// <param name="Where">File and line, or the type when the line is not known (generated code).</param>
/// <param name="Caller">The outermost type that the calling code stands in.</param>
/// <param name="Type">The full name of the type that has the method.</param>
/// <param name="Method">The name of the method; `.ctor` for the creation of an object.</param>
/// <param name="Parameters">The full names of the types of its parameters, as far as they are plain types.</param>
/// <param name="IsCall">False when the method is only handed on, such as the default of something injected.</param>
internal sealed record Call(string Where, string Caller, string Type, string Method, IReadOnlyList<string> Parameters, bool IsCall)
{
    public override string ToString() => $"{Type}.{Method}({string.Join(", ", Parameters)})";
}
