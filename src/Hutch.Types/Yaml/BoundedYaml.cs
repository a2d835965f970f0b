using System.Diagnostics.CodeAnalysis;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Hutch.Types.Yaml;

/// <summary>
/// Reads one YAML document from bytes that nobody vouches for: bounded in size, depth and number of nodes, without aliases.
/// </summary>
public static class BoundedYaml
{
    /// <summary>Bytes of one document.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Sections inside each other, the document itself included.</summary>
    public const int MaxDepth = 32;

    /// <summary>Keys, values, lists and sections of one document.</summary>
    public const int MaxNodes = 20_000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the one document of a file; never throws, whatever the bytes are.</summary>
    /// <param name="bytes">UTF-8.</param>
    /// <param name="root">The document: a section, unless it says otherwise.</param>
    /// <param name="problem">What is wrong, and where.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out YamlMappingNode? root, [NotNullWhen(false)] out DocumentProblem? problem)
    {
        root = null;
        problem = null;
        if (bytes.Length > MaxBytes)
        {
            problem = new DocumentProblem(1, 1, $"the document has {bytes.Length} bytes; the limit is {MaxBytes}.");
            return false;
        }

        if (!TryDecode(bytes, out string? text, out problem))
        {
            return false;
        }

        try
        {
            var stream = new YamlStream();
            stream.Load(new BoundedParser(new Parser(new StringReader(text))));
            root = stream.Documents switch
            {
                [] => throw At(1, 1, "the document is empty."),
                [_, YamlDocument second, ..] => throw At(second.RootNode.Start, "a second document starts here; only one is allowed."),
                [{ RootNode: YamlMappingNode section }] => section,
                [YamlDocument other] => throw At(other.RootNode.Start, "a section is expected: lines of the form 'key: value'."),
            };
            return true;
        }
        catch (YamlException e)
        {
            problem = new DocumentProblem(Math.Max(1, e.Start.Line), Math.Max(1, e.Start.Column), Words(e));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            // The scanner meets some kinds of garbage with exceptions of its own, which have no place.
            problem = new DocumentProblem(1, 1, $"this is not YAML: {e.Message}");
        }

        return false;
    }

    private static bool TryDecode(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out DocumentProblem? problem)
    {
        problem = null;
        try
        {
            text = Strict.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes);
            return true;
        }
        catch (DecoderFallbackException e)
        {
            ReadOnlySpan<byte> before = bytes[..Math.Clamp(e.Index, 0, bytes.Length)];
            int line = before.Count((byte)'\n') + 1;
            int column = before.Length - before.LastIndexOf((byte)'\n');
            problem = new DocumentProblem(line, column, "this is not UTF-8: save the file as UTF-8.");
            text = null;
            return false;
        }
    }

    private static string Words(YamlException e) => e.Message.StartsWith("Duplicate key", StringComparison.Ordinal)
        ? $"the key is there already ({e.Message}): remove one of them."
        : e.Message;

    private static YamlException At(Mark where, string words) => new(where, where, words);

    private static YamlException At(int line, int column, string words) => At(new Mark(0, line, column), words);
}
