using System.Buffers.Binary;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Hutch.Architecture.Tests.Compiled;

/// <summary>Walks the instructions of a method body (ECMA-335, partition III).</summary>
internal static class Instructions
{
    private static readonly Dictionary<short, OpCode> ByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Offsets of the instructions that name a method, with the method, and whether it is called or only handed on.</summary>
    public static IEnumerable<(int Offset, EntityHandle Method, bool IsCall)> Calls(byte[] body) =>
        from one in Named(body, OperandType.InlineMethod)
        select (one.Offset, one.Operand, one.Code != OpCodes.Ldftn && one.Code != OpCodes.Ldvirtftn);

    /// <summary>The fields that are stored, or passed by reference to a method that may store them.</summary>
    public static IEnumerable<(EntityHandle Field, bool ByReference)> StoredFields(byte[] body) =>
        from one in Named(body, OperandType.InlineField)
        let byReference = one.Code == OpCodes.Ldflda || one.Code == OpCodes.Ldsflda
        where byReference || one.Code == OpCodes.Stfld || one.Code == OpCodes.Stsfld
        select (one.Operand, byReference);

    private static IEnumerable<(int Offset, OpCode Code, EntityHandle Operand)> Named(byte[] body, OperandType kind)
    {
        int at = 0;
        while (at < body.Length)
        {
            int offset = at;
            short value = body[at++];
            if (value == 0xFE)
            {
                value = unchecked((short)(0xFE00 | body[at++]));
            }

            OpCode code = ByValue[value];
            if (code.OperandType == kind)
            {
                yield return (offset, code, MetadataTokens.EntityHandle(BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at))));
            }

            at += OperandSize(code, body.AsSpan(at));
        }
    }

    private static int OperandSize(OpCode code, ReadOnlySpan<byte> operand) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(operand)),
        _ => 4,
    };
}
