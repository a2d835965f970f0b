using System.Text.Json;
using Hutch.Analysis.Memory;

namespace Hutch.Analysis.Steps;

/// <summary>
/// Writes result rows as JSON objects without white space: <c>file-number</c> and the declared columns, or <c>file-number</c> and
/// <c>error</c>; and takes the files that a step makes of a frame. Equal values give equal bytes. Reuses its buffer, so a row allocates
/// nothing; use one instance per thread.
/// </summary>
public sealed class RowWriter : IDisposable
{
    private static readonly JsonEncodedText FileNumber = JsonEncodedText.Encode("file-number");
    private static readonly JsonEncodedText Error = JsonEncodedText.Encode("error");

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Utf8JsonWriter _json;
    private readonly IReadOnlyList<ResultColumn> _columns;
    private readonly JsonEncodedText[] _names;
    private readonly List<StepFile> _files = [];
    private int _next;
    private int _fileCount;

    public RowWriter(IReadOnlyList<ResultColumn> columns)
    {
        _columns = columns;
        _names = [.. columns.Select(column => JsonEncodedText.Encode(column.Name))];
        _json = new Utf8JsonWriter(_buffer);
    }

    /// <summary>Receives the strong pixels of each frame, from a step that finds them; null when they are not wanted.</summary>
    public StrongPixelRuns? Strong { get; init; }

    /// <summary>The last row. Valid until the next one is written.</summary>
    public ReadOnlyMemory<byte> Row => _buffer.WrittenMemory;

    /// <summary>The files of the last frame. Valid until the next one.</summary>
    public IReadOnlyList<StepFile> Files => _files[.._fileCount];

    /// <exception cref="InvalidOperationException">The values do not match the declared columns.</exception>
    public HutchError? Write(IPreparedStep step, RawFrame frame)
    {
        Begin(frame.Number);
        if (step.Process(frame, this) is { } error)
        {
            WriteError(frame.Number, error.Message);
            return error;
        }

        if (_next < _names.Length)
        {
            throw new InvalidOperationException($"The step declares {_names.Length} columns and filled {_next}.");
        }

        End();
        return null;
    }

    /// <summary>Writes the row of a frame that could not be analysed.</summary>
    public void WriteError(int number, string message)
    {
        Begin(number);
        _json.WriteString(Error, message);
        End();
    }

    public void Add(long value) => _json.WriteNumber(Next(ValueKind.WholeNumber), value);

    /// <summary>Adds the value of the next column; NaN and infinity mean unknown.</summary>
    public void Add(double value)
    {
        if (double.IsFinite(value))
        {
            _json.WriteNumber(Next(ValueKind.Number), value);
        }
        else
        {
            AddUnknown();
        }
    }

    public void Add(bool value) => _json.WriteBoolean(Next(ValueKind.Boolean), value);

    public void Add(string value) => _json.WriteString(Next(ValueKind.Text), value);

    public void AddUnknown()
    {
        ResultColumn? column = _next < _columns.Count ? _columns[_next] : null;
        if (column?.Unknown is { } number)
        {
            _json.WriteNumber(Next(column.Kind), number);
        }
        else
        {
            _json.WriteNull(Next(column?.Kind));
        }
    }

    /// <summary>Adds the value of the next column: bytes as base64 text.</summary>
    public void Add(ReadOnlySpan<byte> value) => _json.WriteBase64String(Next(ValueKind.Text), value);

    /// <summary>Leaves out the next column, which is optional.</summary>
    public void Omit()
    {
        if (_next == _names.Length || !_columns[_next].IsOptional)
        {
            throw new InvalidOperationException("Only an optional column can be left out.");
        }

        _next++;
    }

    /// <summary>Begins a file of this frame, which is next to the rows as <c>FOLDER/000001.EXTENSION</c>.</summary>
    /// <param name="folder">Lower-case letters, digits and hyphens.</param>
    /// <param name="extension">Lower-case letters and digits.</param>
    /// <param name="mediaType">Such as <c>image/png</c>.</param>
    /// <returns>Takes its bytes, 4 MiB at most, until the row ends.</returns>
    public IBufferWriter<byte> AddFile(string folder, string extension, string mediaType)
    {
        if (_fileCount == _files.Count)
        {
            _files.Add(new StepFile());
        }

        return _files[_fileCount++].Begin(folder, extension, mediaType);
    }

    public void Dispose() => _json.Dispose();

    private JsonEncodedText Next(ValueKind? kind)
    {
        if (_next == _names.Length || _columns[_next].Kind != kind)
        {
            throw new InvalidOperationException(
                _next == _names.Length
                    ? $"The step declares {_names.Length} columns and fills more."
                    : $"The step declares that '{_columns[_next].Name}' is {_columns[_next].Kind}, and gave {kind}.");
        }

        return _names[_next++];
    }

    private void Begin(int number)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        (_next, _fileCount) = (0, 0);
        _json.WriteStartObject();
        _json.WriteNumber(FileNumber, number);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
    }
}
