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
            FillPiece(pixels, firstRow, firstColumn);
            return;
        }

        // The last strip has the rows that are left, the last tile has all of them, or those inside the page.
        int pieceRows = page.IsTiled ? page.PieceRows : Math.Min(page.PieceRows, page.Rows - firstRow);
        (int top, int bottom) = (Math.Max(row, firstRow), (int)Math.Min(_endRow, (long)firstRow + pieceRows));
        (int left, int right) = (Math.Max(column, firstColumn), (int)Math.Min(_endColumn, (long)firstColumn + page.PieceColumns));
        if (page.Compression == TiffCompression.None)
        {
            // Only the rows that are wanted.
            RequireRows(offset, packed, bottom - firstRow);
            offset += (ulong)((top - firstRow) * page.StoredRowBytes);
            (firstRow, pieceRows) = (top, bottom - top);
            packed = (ulong)(pieceRows * page.StoredRowBytes);
        }

        long rowBytes = (long)page.PieceColumns * page.PixelBytes;
        if (packed > (ulong)maxPieceBytes || pieceRows * (double)rowBytes > maxPieceBytes)
        {
            throw ErrorCode.TooLarge.With($"A strip or tile of {file.Name} has more than {maxPieceBytes} bytes, which is the limit.")
                .ToException();
        }

        byte[] unpacked = Unpack(offset, (int)packed, pieceRows, Math.Min(pieceRows, bottom - firstRow), (int)rowBytes);
        int length = (right - left) * page.PixelBytes;
        for (int at = top; at < bottom; at++)
        {
            long source = ((at - firstRow) * rowBytes) + ((long)(left - firstColumn) * page.PixelBytes);
            long target = ((((long)at - row) * columns) + left - column) * page.PixelBytes;
            unpacked.AsSpan((int)source, length).CopyTo(pixels.AsSpan((int)target));
        }
    }

    /// <summary>Fills a piece that was never written as GDAL and tifffile do: with the value for no data, else zeros.</summary>
    private void FillPiece(byte[] pixels, int firstRow, int firstColumn)
    {
        int left = Math.Max(column, firstColumn);
        int right = (int)Math.Min(_endColumn, (long)firstColumn + page.PieceColumns);
        for (int at = Math.Max(row, firstRow); page.NoData is { } none && at < Math.Min(_endRow, (long)firstRow + page.PieceRows); at++)
        {
            int target = (int)(((((long)at - row) * columns) + left - column) * page.PixelBytes);
            none.Fill(pixels.AsSpan(target, (right - left) * page.PixelBytes), file.IsBigEndian);
        }
    }

    /// <summary>Refuses a strip that is shorter than its rows: other numbers follow it.</summary>
    private void RequireRows(ulong offset, ulong said, int rows)
    {
        ulong bytes = (ulong)(rows * page.StoredRowBytes);
        if (said < bytes && offset <= file.Length && bytes <= file.Length - offset)
        {
            throw file.Unreadable($"has a strip or tile of {said} bytes for {rows} rows of {page.StoredRowBytes} bytes").ToException();
        }
    }

    /// <summary>Reads a piece, and undoes all that its writer did with its numbers.</summary>
    /// <param name="needed">How many of its rows must be there.</param>
    private byte[] Unpack(ulong offset, int packedBytes, int pieceRows, int needed, int rowBytes)
    {
        byte[] packed = new byte[packedBytes];
        file.Read(offset, packed);
        if (page.IsReversed)
        {
            TiffUnpacking.Reverse(packed);
        }

        int storedRowBytes = (int)page.StoredRowBytes;
        int stored = pieceRows * storedRowBytes;
        byte[] unpacked = page.Compression == TiffCompression.None && packedBytes == stored ? packed : new byte[stored];
        try
        {
            int filled = page switch
            {
                _ when unpacked == packed => stored,
                { Compression: TiffCompression.Eer } => page.Electrons.Unpack(packed, unpacked),
                { Jpeg: { } jpeg } => jpeg.Unpack(packed, unpacked, page.PieceRows, page.PieceColumns),
                _ => TiffUnpacking.Unpack(page.Compression, packed, unpacked),
            };
            if (filled < needed * storedRowBytes)
            {
                throw new InvalidDataException($"a strip or tile of {stored} bytes ends after {filled}");
            }
        }
        catch (InvalidDataException e)
        {
            throw file.Unreadable($"cannot be unpacked, as {e.Message.TrimEnd('.')}").ToException();
        }

        return Undo(unpacked, pieceRows, storedRowBytes, rowBytes);
    }

    private byte[] Undo(byte[] unpacked, int pieceRows, int storedRowBytes, int rowBytes)
    {
        if (page.Sample.IsPackedBits)
        {
            byte[] numbers = new byte[pieceRows * rowBytes];
            for (int at = 0; at < pieceRows; at++)
            {
                page.Sample.Spread(unpacked.AsSpan(at * storedRowBytes, storedRowBytes), numbers.AsSpan(at * rowBytes, rowBytes));
            }

            return numbers;
        }

        if (page.Predictor == TiffPredictor.Differences)
        {
            TiffUnpacking.AddUp(unpacked, rowBytes, page.SamplesInPlane, page.ItemBytes, file.IsBigEndian);
        }
        else if (page.Predictor == TiffPredictor.Floats)
        {
            TiffUnpacking.JoinFloats(unpacked, rowBytes, page.SamplesInPlane, page.ItemBytes, file.IsBigEndian);
        }

        return unpacked;
    }
}
