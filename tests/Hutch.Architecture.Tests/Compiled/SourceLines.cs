using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests.Compiled;

/// <summary>Finds the line of an instruction in the debug information that stands beside an assembly.</summary>
internal sealed class SourceLines : IDisposable
{
    private readonly MetadataReaderProvider? _provider;
    private readonly MetadataReader? _reader;

    private SourceLines(MetadataReaderProvider? provider)
    {
        _provider = provider;
        _reader = provider?.GetMetadataReader();
    }

    public static SourceLines Open(string assemblyPath, PEReader image) =>
        new(image.TryOpenAssociatedPortablePdb(assemblyPath, path => File.Exists(path) ? File.OpenRead(path) : null, out var provider, out _)
            ? provider
            : null);

    /// <summary>`src/…/File.cs:12`, or where the type is when nothing better is known.</summary>
    public string Find(MethodDefinitionHandle method, int offset)
    {
        if (_reader is null)
        {
            return "no debug information";
        }

        SequencePoint? best = null;
        foreach (SequencePoint point in _reader.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints())
        {
            if (!point.IsHidden && point.Offset <= offset)
            {
                best = point;
            }
        }

        if (best is not { } found)
        {
            return "generated code";
        }

        string path = _reader.GetString(_reader.GetDocument(found.Document).Name);
        return $"{(Path.IsPathRooted(path) ? Repository.Relative(path) : path)}:{found.StartLine}";
    }

    public void Dispose() => _provider?.Dispose();
}
