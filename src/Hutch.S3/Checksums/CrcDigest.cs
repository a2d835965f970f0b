using System.Buffers.Binary;
using System.IO.Hashing;
using Hutch.Model.Checksums;

namespace Hutch.S3.Checksums;

/// <summary>A CRC of the bytes, the most significant byte first, as S3 sends it; the library writes that of CRC-32 the other way.</summary>
internal abstract class CrcDigest(int bytes) : BodyDigest
{
    protected abstract ulong Value { get; }

    /// <summary>CRC-32 (ISO 3309), as in ZIP, gzip and PNG; the check value of "123456789" is CBF43926.</summary>
    public static CrcDigest Crc32() => new Iso();

    /// <summary>CRC-32C (Castagnoli); the check value is E3069283.</summary>
    public static CrcDigest Crc32C() => new Castagnoli();

    /// <summary>CRC-64/NVME; the check value is AE8B14860A799888.</summary>
    public static CrcDigest Crc64Nvme() => new Nvme();

    public override byte[] Finish()
    {
        var value = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(value, Value);
        return value[^bytes..];
    }

    private sealed class Iso() : CrcDigest(sizeof(uint))
    {
        private readonly Crc32 _crc = new();

        protected override ulong Value => _crc.GetCurrentHashAsUInt32();

        public override void Append(ReadOnlySpan<byte> bytes) => _crc.Append(bytes);
    }

    private sealed class Castagnoli() : CrcDigest(sizeof(uint))
    {
        private uint _crc;

        protected override ulong Value => _crc;

        public override void Append(ReadOnlySpan<byte> bytes) => _crc = Checksum.Append(_crc, bytes);
    }

    private sealed class Nvme() : CrcDigest(sizeof(ulong))
    {
        private readonly Crc64 _crc = new(Crc64ParameterSet.Nvme);

        protected override ulong Value => _crc.GetCurrentHashAsUInt64();

        public override void Append(ReadOnlySpan<byte> bytes) => _crc.Append(bytes);
    }
}
