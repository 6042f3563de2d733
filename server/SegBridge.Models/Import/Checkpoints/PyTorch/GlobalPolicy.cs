namespace SegBridge.Models.Import.Checkpoints.PyTorch;

/// <summary>
/// Which names a checkpoint may hold at all. Nothing is run either way; but a file that names functions of the
/// operating system is no checkpoint, and whoever has it should hear so.
/// </summary>
internal static class GlobalPolicy
{
    private static readonly string[] Packages = ["torch", "numpy", "collections"];

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "_codecs.encode", "copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__", "copy_reg.__newobj__",
        "builtins.object", "builtins.int", "builtins.float", "builtins.complex", "builtins.bool", "builtins.str", "builtins.bytes",
        "builtins.bytearray", "builtins.list", "builtins.tuple", "builtins.dict", "builtins.set", "builtins.frozenset",
        "builtins.slice", "builtins.range", "__builtin__.object", "__builtin__.int", "__builtin__.long", "__builtin__.float",
        "__builtin__.complex", "__builtin__.bool", "__builtin__.str", "__builtin__.unicode", "__builtin__.bytearray",
        "__builtin__.list", "__builtin__.tuple", "__builtin__.dict", "__builtin__.set", "__builtin__.frozenset",
        "__builtin__.slice", "__builtin__.xrange", "datetime.datetime", "datetime.date", "datetime.timedelta",
        "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePosixPath", "argparse.Namespace",
    };

    /// <summary>Whether a checkpoint of weights may name it.</summary>
    public static bool Allows(string module, string name)
    {
        var package = module.Split('.')[0];
        // With a dotted name, protocol 4 reaches through a module into what it imports, such as torch's "os.system".
        return (Packages.Contains(package, StringComparer.Ordinal) && !name.Contains('.', StringComparison.Ordinal)) || Names.Contains($"{module}.{name}");
    }
}
