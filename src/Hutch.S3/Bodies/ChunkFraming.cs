using Hutch.S3.Errors;
using Hutch.S3.Signing;

namespace Hutch.S3.Bodies;

/// <summary>
/// The framing of aws-chunked: <c>HEX[;chunk-signature=HEX]\r\n</c>, the bytes, <c>\r\n</c>; a chunk of no bytes; trailers; an empty line.
/// </summary>
/// <remarks>
/// Source: "Signature Calculations: Transferring Payload in Multiple Chunks" and "… with trailing headers" of the S3 API reference.
/// </remarks>
internal sealed class ChunkFraming(long length, BodyChecks checks, ChunkSignatures? signatures, bool hasTrailer) : IDisposable
{
    private const int MaxLineBytes = 1024;
    private const int MaxTrailers = 10;
    private const string SignatureField = "chunk-signature=";
    private const string TrailerSignature = "x-amz-trailer-signature";

    private readonly StringBuilder _trailers = new();
    private Expects _expects = Expects.Head;
    private string? _signature;
    private string? _trailerSignature;
    private int _trailerCount;
    private long _come;

    private enum Expects
    {
        Head,
        EndOfChunk,
        Trailer,
        EndOfBody,
    }

    /// <summary>Bytes of the current chunk that are still to come.</summary>
    public long Left { get; private set; }

    /// <summary>True once the whole body has come and is valid.</summary>
    public bool IsEnded { get; private set; }

    public static S3Exception Incomplete() =>
        S3ErrorCode.IncompleteBody.With(
            "The body ended before all announced bytes had arrived. Nothing was stored; send it again.");

    public void Append(ReadOnlySpan<byte> bytes)
    {
        signatures?.Append(bytes);
        Left -= bytes.Length;
        _come += bytes.Length;
        if (Left == 0 && bytes.Length > 0)
        {
            _expects = Expects.EndOfChunk;
        }
    }

    /// <summary>Reads framing up to the next bytes or the end; false when more must come first.</summary>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, bool isLast)
    {
        if (_expects == Expects.EndOfBody)
        {
            if (!buffer.IsEmpty)
            {
                throw S3ErrorCode.InvalidRequest.With("There is data after the end of the chunked body.");
            }

            IsEnded = isLast;
            return isLast;
        }

        if (!TryReadLine(ref buffer, out string line))
        {
            return false;
        }

        switch (_expects)
        {
            case Expects.Head:
                ReadHead(line);
                break;
            case Expects.EndOfChunk:
                EndChunk(line);
                break;
            default:
                ReadTrailer(line);
                break;
        }

        return true;
    }

    public void Dispose() => signatures?.Dispose();

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out string line)
    {
        line = "";
        ReadOnlySequence<byte> head = buffer.Slice(0, Math.Min(buffer.Length, MaxLineBytes));
        if (head.PositionOf((byte)'\n') is not { } end)
        {
            return buffer.Length >= MaxLineBytes ? throw Malformed() : false;
        }

        ReadOnlySequence<byte> text = buffer.Slice(0, end);
        line = Encoding.ASCII.GetString(text);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        if (!line.EndsWith('\r'))
        {
            throw Malformed();
        }

        line = line[..^1];
        return true;
    }

    private void ReadHead(string line)
    {
        int semicolon = line.IndexOf(';', StringComparison.Ordinal);
        ReadOnlySpan<char> size = semicolon < 0 ? line : line.AsSpan(0, semicolon);
        if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long bytes) || bytes < 0)
        {
            throw Malformed();
        }

        if (bytes > length - _come)
        {
            throw S3ErrorCode.IncompleteBody.With($"The body is longer than the {length} bytes given in x-amz-decoded-content-length.");
        }

        _signature = ReadSignature(semicolon < 0 ? "" : line[(semicolon + 1)..]);
        Left = bytes;
        if (bytes == 0)
        {
            EndLastChunk();
        }
    }

    private string? ReadSignature(string extension)
    {
        if (signatures is null)
        {
            return null;
        }

        return extension.StartsWith(SignatureField, StringComparison.Ordinal)
            ? extension[SignatureField.Length..].Trim()
            : throw S3ErrorCode.SignatureDoesNotMatch.With("A chunk of the body has no signature.");
    }

    private void EndChunk(string line)
    {
        if (line.Length > 0)
        {
            throw Malformed();
        }

        signatures?.EndChunk(_signature!);
        _expects = Expects.Head;
    }

    private void EndLastChunk()
    {
        signatures?.EndChunk(_signature!);
        if (_come != length)
        {
            throw Incomplete();
        }

        _expects = Expects.Trailer;
    }

    private void ReadTrailer(string line)
    {
        if (line.Length == 0)
        {
            EndTrailers();
            return;
        }

        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || ++_trailerCount > MaxTrailers || !hasTrailer)
        {
            throw S3ErrorCode.MalformedTrailer.With("The trailers after the last chunk cannot be read.");
        }

        string name = line[..colon].Trim().ToLowerInvariant();
        string value = line[(colon + 1)..].Trim();
        if (name == TrailerSignature)
        {
            _trailerSignature = value;
            return;
        }

        _trailers.Append(name).Append(':').Append(value).Append('\n');
        checks.TakeTrailer(name, value);
    }

    private void EndTrailers()
    {
        if (signatures is not null && hasTrailer)
        {
            signatures.CheckTrailer(_trailers.ToString(), _trailerSignature ?? "");
        }

        _expects = Expects.EndOfBody;
    }

    private static S3Exception Malformed() =>
        S3ErrorCode.IncompleteBody.With(
            "The body is not valid aws-chunked: each chunk is a size in hex, an optional signature, CRLF, the data, CRLF.");
}
