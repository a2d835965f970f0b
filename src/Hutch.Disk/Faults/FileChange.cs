namespace Hutch.Disk.Faults;

/// <summary>A change of a file since its last sync: some bytes, or (when <paramref name="Bytes"/> is null) a new length.</summary>
/// <param name="Moment">When it was made, in the disk's count of changes.</param>
/// <param name="Offset">Where the bytes go, or the new length.</param>
internal sealed record FileChange(long Moment, long Offset, byte[]? Bytes)
{
    public void ApplyTo(SparseBytes content)
    {
        if (Bytes is null)
        {
            content.SetLength(Offset);
        }
        else
        {
            content.Write(Bytes, Offset);
        }
    }

    /// <summary>Applies the pieces of 512 bytes (of the file, as a disk has them) that survive.</summary>
    public void ApplySurvivors(SparseBytes content, Func<bool> survives)
    {
        if (Bytes is null)
        {
            if (survives())
            {
                content.SetLength(Offset);
            }

            return;
        }

        for (int done = 0; done < Bytes.Length;)
        {
            int piece = (int)Math.Min(FaultyDisk.SectorBytes - ((Offset + done) % FaultyDisk.SectorBytes), Bytes.Length - done);
            if (survives())
            {
                content.Write(Bytes.AsSpan(done, piece), Offset + done);
            }

            done += piece;
        }
    }
}
