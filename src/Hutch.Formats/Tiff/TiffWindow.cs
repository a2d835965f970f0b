namespace Hutch.Formats.Tiff;

/// <summary>A part of a page, which is put together from the pieces that it meets.</summary>
/// <param name="rows">How many rows it has; those after the last of the page are zeros.</param>
internal sealed class TiffWindow(TiffBytes file, TiffPage page, int row, int column, int rows, int columns)
{
    private readonly int _endRow = (int)Math.Min((long)row + rows, page.Rows);
    private readonly int _endColumn = (int)Math.Min((long)column + columns, page.Columns);

    /// <summary>Reads the pixels.</summary>
    /// <param name="maxPieceBytes">The most bytes that a piece may have, packed or not.</param>
    public byte[] Read(int plane, int maxPieceBytes)
    {
        byte[] pixels = new byte[(long)rows * columns * page.PixelBytes];
        for (int y = row / page.PieceRows; y <= (_endRow - 1) / page.PieceRows; y++)
        {
            for (int x = column / page.PieceColumns; x <= (_endColumn - 1) / page.PieceColumns; x++)
            {
                ReadPiece(pixels, plane, y, x, maxPieceBytes);
            }
        }

        return pixels;
    }

    private void ReadPiece(byte[] pixels, int plane, int y, int x, int maxPieceBytes)
    {
        (int firstRow, int firstColumn) = (y * page.PieceRows, x * page.PieceColumns);
        (ulong offset, ulong packed) = page.Find(file, plane, y, x);
        if (offset == 0 && packed == 0)
        {
            return; // never written: zeros, as in files with holes
        }

        // The last strip has the rows that are left, the last tile has all of them.
        int pieceRows = page.IsTiled ? page.PieceRows : Math.Min(page.PieceRows, page.Rows - firstRow);
        long rowBytes = (long)page.PieceColumns * page.PixelBytes;
        (int top, int bottom) = (Math.Max(row, firstRow), (int)Math.Min(_endRow, (long)firstRow + pieceRows));
        (int left, int right) = (Math.Max(column, firstColumn), (int)Math.Min(_endColumn, (long)firstColumn + page.PieceColumns));
        if (page.Compression == TiffCompression.None)
        {
            // Only the rows that are wanted.
            offset += (ulong)((top - firstRow) * rowBytes);
            (firstRow, pieceRows) = (top, bottom - top);
            packed = (ulong)(pieceRows * rowBytes);
        }

        if (packed > (ulong)maxPieceBytes || pieceRows * (double)rowBytes > maxPieceBytes)
        {
            throw ErrorCode.TooLarge.With($"A strip or tile of {file.Name} has more than {maxPieceBytes} bytes, which is the limit.")
                .ToException();
        }

        byte[] unpacked = Unpack(offset, (int)packed, (int)(pieceRows * rowBytes), (int)rowBytes);
        int length = (right - left) * page.PixelBytes;
        for (int at = top; at < bottom; at++)
        {
            long source = ((at - firstRow) * rowBytes) + ((long)(left - firstColumn) * page.PixelBytes);
            long target = ((((long)at - row) * columns) + left - column) * page.PixelBytes;
            unpacked.AsSpan((int)source, length).CopyTo(pixels.AsSpan((int)target));
        }
    }

    private byte[] Unpack(ulong offset, int packedBytes, int bytes, int rowBytes)
    {
        byte[] packed = new byte[packedBytes];
        file.Read(offset, packed);
        byte[] unpacked = page.Compression == TiffCompression.None && packedBytes == bytes ? packed : new byte[bytes];
        try
        {
            int filled = unpacked == packed ? bytes : TiffUnpacking.Unpack(page.Compression, packed, unpacked);
            if (filled < bytes)
            {
                throw new InvalidDataException($"a strip or tile of {bytes} bytes ends after {filled}");
            }
        }
        catch (InvalidDataException e)
        {
            throw file.Unreadable($"cannot be unpacked, as {e.Message.TrimEnd('.')}").ToException();
        }

        if (page.IsDifferenced)
        {
            TiffUnpacking.AddUp(unpacked, rowBytes, page.PixelBytes / page.ItemBytes, page.ItemBytes, file.IsBigEndian);
        }

        return unpacked;
    }
}
