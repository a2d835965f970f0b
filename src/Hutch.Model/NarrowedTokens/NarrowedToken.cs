using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Hutch.Model.NarrowedTokens;

/// <summary>
/// A token that its holder narrows without a server, written <c>hutchkey_ZONE_ID_BODY</c>: a chain of blocks, each signed by the private
/// key of the block before, and the last private key. See docs/formats/narrowed-tokens.md.
/// </summary>
/// <remarks>
/// Immutable. <see cref="TryRead"/> only reads; nothing counts before <see cref="IsProven"/>, and before the caller has compared
/// <see cref="RootHash"/> with the one of the token's record.
/// </remarks>
[DebuggerDisplay("(secret)")]
public sealed class NarrowedToken
{
    public const string Prefix = "hutchkey_";

    /// <summary>The most characters of a presented token.</summary>
    public const int MaxLength = 4096;

    public const int MaxBlocks = 16;

    private const byte Version = 1;
    private const int RootStart = 1;
    private const int FirstBlock = RootStart + P256.PublicBytes;
    private const int LengthBytes = 2;
    private const string Domain = "hutch-narrowing-1\n";
    private const string S3Domain = "hutch-s3-secret-1\n";

    private static readonly int BodyStart = Prefix.Length + (2 * (TokenText.IdLength + 1));

    private readonly byte[] _body;
    private readonly ImmutableArray<int> _ends;

    private NarrowedToken(string text, byte[] body, ImmutableArray<int> ends, ImmutableArray<TokenRestrictions> blocks)
    {
        (Text, _body, _ends, Blocks) = (text, body, ends, blocks);
        Reach = blocks.Aggregate(TokenRestrictions.None, static (all, block) => all.Intersect(block));
    }

    /// <summary>The whole text, which is a secret.</summary>
    public string Text { get; }

    public string Zone => Text.Substring(Prefix.Length, TokenText.IdLength);

    /// <summary>The public part of the token that was narrowed.</summary>
    public string Id => Text.Substring(Prefix.Length + TokenText.IdLength + 1, TokenText.IdLength);

    /// <summary>The restrictions of each block.</summary>
    public ImmutableArray<TokenRestrictions> Blocks { get; }

    /// <summary>The restrictions of all blocks together.</summary>
    public TokenRestrictions Reach { get; }

    /// <summary>The SHA-256 of the root's public key. The token's record has it in place of the hash of a secret.</summary>
    public BlobHash RootHash => BlobHash.Compute(_body.AsSpan(RootStart, P256.PublicBytes));

    /// <summary>The SHA-256 of the chain, without private key: it names the key in the audit.</summary>
    public BlobHash ChainHash => BlobHash.Compute(_body.AsSpan(0, _ends[^1]));

    /// <summary>
    /// The secret key of the S3 door: the SHA-256 of <c>hutch-s3-secret-1</c>, a line feed and the whole text, in base64url.
    /// </summary>
    public string S3Secret => S3SecretOf(Text);

    /// <summary>The access key of the S3 door.</summary>
    public string AccessKey => "HK" + Id.ToUpperInvariant();

    /// <summary>Returns true if a text has the prefix of such a token.</summary>
    public static bool IsOne(ReadOnlySpan<char> text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The secret key of the S3 door for the text of a token, whether or not it is one.</summary>
    public static string S3SecretOf(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(S3Domain + text)));

    /// <summary>Makes the secret of a new token, without blocks.</summary>
    public static NarrowedToken Make(string zone, string id)
    {
        byte[] key = P256.MakePrivate();
        return Write($"{Prefix}{zone}_{id}_", [Version, .. P256.FindPublic(key)!, .. key]);
    }

    /// <summary>Reads and proves a token. Errors do not repeat the text, because it is a secret.</summary>
    public static Result<NarrowedToken> Parse(string text) =>
        !TryRead(text).TryGet(out NarrowedToken? token, out HutchError? error) ? error
        : token.IsProven() ? token
        : ErrorCode.InvalidName.With(
            "This key is damaged or forged: a signature in it is wrong. Copy the whole key, or ask for a new one.");

    /// <summary>Checks each signature, and that the private key belongs to the last block.</summary>
    public bool IsProven()
    {
        string name = Text[Prefix.Length..(BodyStart - 1)];
        ReadOnlySpan<byte> key = _body.AsSpan(RootStart, P256.PublicBytes);
        for (int i = 1; i < _ends.Length; i++)
        {
            int signature = _ends[i] - P256.SignatureBytes;
            if (!P256.Verify(key, Message(name, _body.AsSpan(0, signature)), _body.AsSpan(signature, P256.SignatureBytes)))
            {
                return false;
            }

            key = _body.AsSpan(signature - P256.PublicBytes, P256.PublicBytes);
        }

        return P256.FindPublic(_body.AsSpan(_ends[^1])) is { } last && key.SequenceEqual(last);
    }

    /// <summary>Returns this token with one more block.</summary>
    public Result<NarrowedToken> Narrow(TokenRestrictions more)
    {
        if (Blocks.Length == MaxBlocks)
        {
            return ErrorCode.TooLarge.With($"This key was narrowed {MaxBlocks} times, the maximum. Narrow an earlier one.");
        }

        byte[] restrictions = more.ToBytes();
        if (restrictions.Length == 0)
        {
            return ErrorCode.BadRequest.With("Nothing would be narrowed. Name at least one restriction.");
        }

        // A set that cannot be written, such as an empty one, cannot be read either.
        if (!TokenRestrictions.Parse(restrictions).TryGet(out _, out HutchError? error))
        {
            return error;
        }

        byte[] next = P256.MakePrivate();
        string text = TextOf(Text[..BodyStart], [.. Append(restrictions, P256.FindPublic(next)!), .. next]);
        return text.Length <= MaxLength
            ? TryRead(text)
            : ErrorCode.TooLarge.With($"The key would have {text.Length} characters, and {MaxLength} is the maximum. Name less.");
    }

    /// <summary>Returns a constant, never the text.</summary>
    public override string ToString() => "(secret)";

    private byte[] Append(byte[] restrictions, byte[] nextKey)
    {
        byte[] length = new byte[LengthBytes];
        BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)restrictions.Length));
        byte[] signed = [.. _body.AsSpan(0, _ends[^1]), .. length, .. restrictions, .. nextKey];
        return [.. signed, .. P256.Sign(_body.AsSpan(_ends[^1]), Message(Text[Prefix.Length..(BodyStart - 1)], signed))];
    }

    private static byte[] Message(string name, ReadOnlySpan<byte> body) => [.. Encoding.ASCII.GetBytes($"{Domain}{name}\n"), .. body];

    private static string TextOf(string head, ReadOnlySpan<byte> body) => head + Base64Url.EncodeToString(body);

    private static NarrowedToken Write(string head, byte[] body) => TryRead(TextOf(head, body)).Value;

    /// <summary>Parses a token in its only form, without checking its signatures. The cost is bounded for any text.</summary>
    public static Result<NarrowedToken> TryRead(string text)
    {
        HutchError malformed = ErrorCode.InvalidName.With(
            $"This is not a whole key, which looks like {Prefix}ZONE_ID_BODY and has at most {MaxLength} characters.");
        if (text.Length > MaxLength || !TryDecode(text, out byte[]? body))
        {
            return malformed;
        }

        if (body[0] != Version)
        {
            return (ErrorCode.InvalidName with { Advice = "Use a newer release of Hutch." }).With(
                $"This key has the format {body[0]}, which this release does not know.");
        }

        ImmutableArray<int>.Builder ends = ImmutableArray.CreateBuilder<int>(MaxBlocks + 1);
        ImmutableArray<TokenRestrictions>.Builder blocks = ImmutableArray.CreateBuilder<TokenRestrictions>(MaxBlocks);
        ends.Add(FirstBlock);
        while (body.Length - ends[^1] != P256.PrivateBytes)
        {
            if (blocks.Count == MaxBlocks || !TryReadBlock(body, ends[^1], out int end, out ReadOnlySpan<byte> restrictions))
            {
                return malformed;
            }

            if (!TokenRestrictions.Parse(restrictions).TryGet(out TokenRestrictions? block, out HutchError? error))
            {
                return error;
            }

            ends.Add(end);
            blocks.Add(block);
        }

        return new NarrowedToken(text, body, ends.ToImmutable(), blocks.ToImmutable());
    }

    private static bool TryReadBlock(byte[] body, int start, out int end, out ReadOnlySpan<byte> restrictions)
    {
        end = start;
        restrictions = default;
        if (body.Length - start < LengthBytes)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(start));
        end = start + LengthBytes + length + P256.PublicBytes + P256.SignatureBytes;
        if (length == 0 || end > body.Length - P256.PrivateBytes)
        {
            return false;
        }

        restrictions = body.AsSpan(start + LengthBytes, length);
        return true;
    }

    /// <summary>Decodes the body of a text of bounded length, if it is the only form of these bytes.</summary>
    private static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? body)
    {
        body = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length <= BodyStart
            || !TokenText.IsId(text.AsSpan(Prefix.Length, TokenText.IdLength)) || text[Prefix.Length + TokenText.IdLength] != '_'
            || !TokenText.IsId(text.AsSpan(Prefix.Length + TokenText.IdLength + 1, TokenText.IdLength)) || text[BodyStart - 1] != '_')
        {
            return false;
        }

        ReadOnlySpan<char> encoded = text.AsSpan(BodyStart);
        byte[] decoded = new byte[Base64Url.GetMaxDecodedLength(encoded.Length)];
        try
        {
            if (!Base64Url.TryDecodeFromChars(encoded, decoded, out int written))
            {
                return false;
            }

            body = decoded[..written];
        }
        catch (FormatException)
        {
            return false; // characters outside the alphabet
        }

        return body.Length >= FirstBlock && encoded.SequenceEqual(Base64Url.EncodeToString(body));
    }
}
