namespace SegBridge.Models.Tests.Import.Published;

/// <summary>The state dicts of the published 2D networks.</summary>
internal static class PublishedTrees
{
    /// <summary>ScribblePrompt_unet_v1_nf192_res128.pt: 29 tensors, no wrapper.</summary>
    public static StateTree Unet()
    {
        const long width = 192;
        var tree = new StateTree();
        void Block(string prefix, long channels) => tree.Layer($"{prefix}.conv.0", width, channels, 3, 3).Add($"{prefix}.conv.1.weight", 1);
        foreach (var up in (int[])[1, 3, 5, 7])
        {
            Block($"ups.{up}", 2 * width);
        }

        for (var down = 0; down < 4; down++)
        {
            Block($"downs.{down}", down == 0 ? 5 : width);
        }

        Block("bottleneck", width);
        return tree.Layer("final_conv.conv.0", 1, width, 1, 1);
    }

    /// <summary>MultiverSeg_v0 and v1_nf256_res128.pt: 72 tensors in "model".</summary>
    public static StateTree MultiverSeg() => CrossBlocks(256, 7, norm: true);

    /// <summary>universeg_v1_nf64_ss64_STA.pt: 44 tensors, no wrapper.</summary>
    public static StateTree UniverSeg() => CrossBlocks(64, 3, norm: false);

    private static StateTree CrossBlocks(long width, long first, bool norm)
    {
        var tree = new StateTree();
        void Block(string prefix, long channels)
        {
            tree.Layer($"{prefix}.cross.cross_conv", width, channels, 3, 3);
            foreach (var branch in (string[])["target", "support"])
            {
                tree.Layer($"{prefix}.{branch}.vmapped.conv", width, width, 3, 3);
                if (norm)
                {
                    tree.Norm($"{prefix}.{branch}.vmapped.norml", width);
                }
            }
        }

        for (var level = 0; level < 4; level++)
        {
            Block($"enc_blocks.{level}", level == 0 ? first : 2 * width);
        }

        for (var level = 0; level < 3; level++)
        {
            Block($"dec_blocks.{level}", 4 * width);
        }

        return tree.Layer("out_conv.conv", 1, width, 1, 1);
    }
}
