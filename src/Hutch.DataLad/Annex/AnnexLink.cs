using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Annex;

/// <summary>
/// The git entry of annexed content: a symbolic link into <c>.git/annex/objects</c>, or a pointer for an executable file, the only way in
/// which git-annex keeps that bit.
/// </summary>
internal sealed class AnnexLink
{
    private readonly byte[] _bytes = new byte[ObjectId.MaxHeaderBytes + (3 * 512) + 64 + (2 * AnnexKey.MaxLength)];
    private int _length;

    public ReadOnlySpan<byte> Content => _bytes.AsSpan(ObjectId.MaxHeaderBytes, _length - ObjectId.MaxHeaderBytes);

    /// <summary>Writes the link of a file <paramref name="depth"/> directories below the top, and returns the object's id.</summary>
    public ObjectId WriteLink(AnnexKey key, int depth)
    {
        Span<byte> name = stackalloc byte[AnnexKey.MaxLength];
        name = name[..key.Write(name)];
        _length = ObjectId.MaxHeaderBytes;
        for (int i = 0; i < depth; i++)
        {
            Append("../"u8);
        }

        Append(".git/annex/objects/"u8);
        HashDirectory.WriteMixed(name, _bytes.AsSpan(_length));
        _length += HashDirectory.MixedLength;
        Append("/"u8);
        Append(name);
        Append("/"u8);
        Append(name);
        return ObjectId.OfPadded(ObjectKind.Blob, _bytes.AsSpan(0, _length));
    }

    public ObjectId WritePointer(AnnexKey key)
    {
        _length = ObjectId.MaxHeaderBytes;
        Append("/annex/objects/"u8);
        _length += key.Write(_bytes.AsSpan(_length));
        Append("\n"u8);
        return ObjectId.OfPadded(ObjectKind.Blob, _bytes.AsSpan(0, _length));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
