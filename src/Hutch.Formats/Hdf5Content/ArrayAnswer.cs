using Hutch.Formats.Arrays;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

internal static unsafe class ArrayAnswer
{
    public static void Write(Utf8JsonWriter json, StoredArray array, ContentRequest request)
    {
        if (array.Shape is not { } shape)
        {
            json.WriteNullValue();
            return;
        }

        ArraySelection part = ArraySelection.Parse(request.Selection, shape);
        using Hdf5Id native = array.NativeType();
        var type = TypeTree.Read(native);
        array.Use(part, native, Bytes(part, type.Size, request), values =>
            new ValueDocument(json, request.MaxBytes).Write(type, (byte*)values, part.Shape, request.IsFlat));
    }

    /// <summary>The numbers, and what a file of that form has before them.</summary>
    public static byte[] Numbers(StoredArray array, ContentRequest request)
    {
        ArraySelection part = ArraySelection.Parse(request.Selection, array.Shape ?? [0]);
        bool isBinary = request.Form == ContentForm.Binary;
        if (!array.Type.IsNumber && !(isBinary && array.Type.Class == Hdf5TypeClass.Opaque))
        {
            throw ErrorCode.Unprocessable.With("These values are no numbers: ask for them as 'json'.").ToException();
        }

        using Hdf5Id number = array.NumberType(request.IsSafe || !isBinary);
        var type = TypeTree.Read(number);
        int head = request.Form switch
        {
            ContentForm.Numpy => NumpyFile.HeaderBytes(type.Numpy, part.Shape),
            ContentForm.Tiff => TiffFile.HeadBytes(part.Shape),
            _ => 0,
        };
        byte[] answer = GC.AllocateUninitializedArray<byte>(checked(head + Bytes(part, type.Size, request)));
        if (request.Form == ContentForm.Numpy)
        {
            NumpyFile.WriteHeader(answer, type.Numpy, part.Shape);
        }
        else if (request.Form == ContentForm.Tiff)
        {
            TiffFile.WriteHead(answer, type, part.Shape);
        }

        array.Read(part, number, answer.AsSpan(head));
        return answer;
    }

    private static int Bytes(ArraySelection part, int size, ContentRequest request)
    {
        long bytes = checked(part.Values * size);
        return bytes <= request.MaxBytes
            ? (int)bytes
            : throw ErrorCode.TooLarge.With(
                $"These are {part.Values} values of {size} bytes; an answer has at most {request.MaxBytes} bytes. Ask for a part of them.")
                .ToException();
    }
}
