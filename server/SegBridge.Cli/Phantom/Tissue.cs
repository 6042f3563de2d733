namespace SegBridge.Cli.Phantom;

/// <summary>A material of the phantom: its typical value in Hounsfield units and how much it varies within.</summary>
internal readonly record struct Tissue(string Name, double Hounsfield, double Texture)
{
    public static Tissue Air { get; } = new("air", -1000, 0);

    public static Tissue Fat { get; } = new("fat", -100, 8);

    public static Tissue Muscle { get; } = new("muscle", 55, 10);

    public static Tissue Lung { get; } = new("lung", -820, 25);

    public static Tissue Liver { get; } = new("liver", 105, 10);

    public static Tissue Spleen { get; } = new("spleen", 120, 8);

    public static Tissue Aorta { get; } = new("aorta", 180, 6);

    public static Tissue SpongyBone { get; } = new("spongy bone", 220, 30);

    public static Tissue CompactBone { get; } = new("compact bone", 750, 40);

    public static Tissue Tumour { get; } = new("tumour", 40, 14);
}
