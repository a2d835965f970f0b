namespace Hutch.Detectors.Export;

/// <summary>Packs frames anew that a file cannot take as they are.</summary>
public static class FramePacking
{
    public static Result<ReadOnlyMemory<byte>> Repack(FrameHeader header, NxMxFrame frame, ReadOnlySpan<byte> bytes, FrameCodec codec)
    {
        byte[] pixels = new byte[header.ImageBytes];
        FrameDecodeError problem = FrameDecoder.TryDecode(frame.Codec, header.Type.Size(), frame.FilterMask, bytes, pixels);
        if (problem != FrameDecodeError.None)
        {
            return ErrorCode.UnreadableFile.With($"Frame {frame.Path} cannot be unpacked: {problem.Describe()}.");
        }

        byte[] packed = new byte[FrameEncoder.MaxEncodedLength(codec, pixels.Length)];
        return (ReadOnlyMemory<byte>)packed.AsMemory(0, FrameEncoder.Encode(codec, header.Type.Size(), pixels, packed));
    }
}
