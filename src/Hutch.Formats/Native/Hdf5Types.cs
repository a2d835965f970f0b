namespace Hutch.Formats.Native;

/// <summary>H5T_class_t.</summary>
internal enum Hdf5TypeClass
{
    Integer = 0,
    Float = 1,
    Time = 2,
    String = 3,
    Bitfield = 4,
    Opaque = 5,
    Compound = 6,
    Reference = 7,
    Enum = 8,
    VariableLength = 9,
    Array = 10,
}

/// <summary>H5S_class_t.</summary>
internal enum Hdf5SpaceClass
{
    Scalar = 0,
    Simple = 1,
    Null = 2,
}

/// <summary>H5D_layout_t.</summary>
internal enum Hdf5Layout
{
    Compact = 0,
    Contiguous = 1,
    Chunked = 2,
    Virtual = 3,
}

/// <summary>H5L_type_t.</summary>
internal enum Hdf5LinkType
{
    Hard = 0,
    Soft = 1,
    External = 64,
}

/// <summary>H5I_type_t.</summary>
internal enum Hdf5ObjectKind
{
    Group = 2,
    Datatype = 3,
    Dataset = 5,
}

/// <summary>H5S_sel_type.</summary>
internal enum Hdf5Selection
{
    None = 0,
    Points = 1,
    Hyperslabs = 2,
    All = 3,
}

/// <summary>H5L_info_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Hdf5LinkInfo
{
    public Hdf5LinkType Type;
    public byte HasCreationOrder;
    public long CreationOrder;
    public int CharacterSet;
    public ulong AddressOrValueBytes;
}

/// <summary>H5G_info_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Hdf5GroupInfo
{
    public int StorageType;
    public ulong LinkCount;
    public long MaxCreationOrder;
    public byte IsMounted;
}

/// <summary>H5E_error2_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Hdf5ErrorRecord
{
    public nint ErrorClass;
    public nint Major;
    public nint Minor;
    public uint Line;
    public byte* Function;
    public byte* File;
    public byte* Description;
}
