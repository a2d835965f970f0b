using System.Globalization;

namespace Hutch.Analysis.Steps;

/// <summary>A file that a step made of one frame, in addition to its row. Its memory is used again for the next frame.</summary>
public sealed class StepFile
{
    private readonly ArrayBufferWriter<byte> _content = new();
    private string _folder = "";
    private string _extension = "";

    public string MediaType { get; private set; } = "";

    /// <summary>Valid until the next frame.</summary>
    public ReadOnlyMemory<byte> Bytes => _content.WrittenMemory;

    public string PathOf(int frame) => string.Create(CultureInfo.InvariantCulture, $"{_folder}/{frame:D6}.{_extension}");

    internal IBufferWriter<byte> Begin(string folder, string extension, string mediaType)
    {
        (_folder, _extension, MediaType) = (folder, extension, mediaType);
        _content.ResetWrittenCount();
        return _content;
    }
}
