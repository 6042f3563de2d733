namespace SegBridge.Models.Tests.Import.Published;

/// <summary>The state dicts of the published networks that descend from SAM.</summary>
internal static class TransformerTrees
{
    /// <summary>ScribblePrompt_sam_v1_vit_b_res128.pt: 314 tensors, no wrapper.</summary>
    public static StateTree Sam()
    {
        const long dim = 256;
        var tree = new StateTree();
        VitBlocks(tree, ["h", "w"], global: 127);
        tree.Add("image_encoder.pos_embed", 1, 64, 64, 768).Layer("image_encoder.patch_embed.proj", 768, 3, 16, 16)
            .Add("image_encoder.neck.0.weight", dim, 768, 1, 1).Norm("image_encoder.neck.1", dim)
            .Add("image_encoder.neck.2.weight", dim, dim, 3, 3).Norm("image_encoder.neck.3", dim);
        Prompts(tree, dim, axes: 2, channels: [1, 4, 16]);
        Transformer(tree, "mask_decoder.transformer", dim);
        tree.Add("mask_decoder.iou_token.weight", 1, dim).Add("mask_decoder.mask_tokens.weight", 4, dim)
            .Add("mask_decoder.output_upscaling.0.weight", dim, 64, 2, 2).Add("mask_decoder.output_upscaling.0.bias", 64)
            .Norm("mask_decoder.output_upscaling.1", 64)
            .Add("mask_decoder.output_upscaling.3.weight", 64, 32, 2, 2).Add("mask_decoder.output_upscaling.3.bias", 32);
        Heads(tree, dim);
        return tree;
    }

    /// <summary>PRISM's best.pth.tar: 466 tensors in "model_state_dict".</summary>
    public static StateTree Prism(bool refine = true)
    {
        const long dim = 384;
        var tree = new StateTree();
        VitBlocks(tree, ["d", "h", "w"], global: 15);
        tree.Add("image_encoder.pos_embed", 1, 8, 8, 8, 768).Layer("image_encoder.patch_embed.proj", 768, 1, 16, 16, 16)
            .Add("image_encoder.neck.0.weight", dim, 768, 1, 1, 1).Norm("image_encoder.neck.1", dim)
            .Add("image_encoder.neck.3.weight", dim, dim, 3, 3, 3).Norm("image_encoder.neck.4", dim);
        long[] widths = [768, 128, 64, 32];
        for (var neck = 0; neck < 3; neck++)
        {
            for (var step = 0; step < 3 - neck; step++)
            {
                var (prefix, from, to) = ($"image_encoder.neck_list.{neck}.up.{step}.single_up", widths[step], widths[step + 1]);
                tree.Add($"{prefix}.0.weight", to, from, 3, 3, 3).Norm($"{prefix}.1", to).Layer($"{prefix}.3", to, to, 2, 2, 2).Norm($"{prefix}.4", to);
            }
        }

        long[] cnn = [1, 32, 32, 64, 128, dim];
        for (var level = 0; level < 5; level++)
        {
            TwoConv(tree, level == 0 ? "image_encoder.cnn_encoder.conv_0" : $"image_encoder.cnn_encoder.down_{level}.convs", cnn[level], cnn[level + 1]);
        }

        Prompts(tree, dim, axes: 3, channels: [1, 4, 16]);
        tree.Add("prompt_encoder.iou_token.weight", 1, dim).Add("prompt_encoder.mask_tokens.weight", 4, dim);
        Transformer(tree, "prompt_encoder.transformer", dim);
        Heads(tree, dim);
        foreach (var (number, from, up, skip, to) in ((int, long, long, long, long)[])[(4, 384, 192, 128, 128), (3, 128, 64, 64, 64), (2, 64, 32, 32, 32), (1, 32, 32, 32, 32)])
        {
            var prefix = $"mask_decoder.decoder.upcat_{number}";
            tree.Add($"{prefix}.upsample.deconv.weight", from, up, 2, 2, 2).Add($"{prefix}.upsample.deconv.bias", up);
            TwoConv(tree, $"{prefix}.convs", up + skip, to);
        }

        tree.Layer("mask_decoder.decoder.final_conv", 2, 32, 1, 1, 1);
        if (refine)
        {
            tree.Layer("mask_decoder.refine.first_conv", 32, 4, 1, 1, 1);
            TwoConv(tree, "mask_decoder.refine.conv1", 32, 32);
            TwoConv(tree, "mask_decoder.refine.conv2", 32, 32);
            tree.Layer("mask_decoder.refine.conv_error_map", 1, 32, 1, 1, 1).Layer("mask_decoder.refine.conv_correction", 1, 32, 1, 1, 1);
        }

        return tree;
    }

    private static void VitBlocks(StateTree tree, string[] axes, long global)
    {
        for (var block = 0; block < 12; block++)
        {
            var prefix = $"image_encoder.blocks.{block}";
            tree.Norm($"{prefix}.norm1", 768).Norm($"{prefix}.norm2", 768)
                .Layer($"{prefix}.attn.qkv", 2304, 768).Layer($"{prefix}.attn.proj", 768, 768)
                .Layer($"{prefix}.mlp.lin1", 3072, 768).Layer($"{prefix}.mlp.lin2", 768, 3072);
            foreach (var axis in axes)
            {
                tree.Add($"{prefix}.attn.rel_pos_{axis}", block % 3 == 2 ? global : 27, 64);
            }
        }
    }

    private static void TwoConv(StateTree tree, string prefix, long from, long to)
    {
        for (var conv = 0; conv < 2; conv++)
        {
            tree.Layer($"{prefix}.conv_{conv}.conv", to, conv == 0 ? from : to, 3, 3, 3).Norm($"{prefix}.conv_{conv}.adn.N", to);
        }
    }

    private static void Prompts(StateTree tree, long dim, int axes, long[] channels)
    {
        long[] Kernel(long to, long from, long side) => [to, from, .. Enumerable.Repeat(side, axes)];
        tree.Add("prompt_encoder.pe_layer.positional_encoding_gaussian_matrix", axes, 128)
            .Add("prompt_encoder.not_a_point_embed.weight", 1, dim).Add("prompt_encoder.no_mask_embed.weight", 1, dim)
            .Layer("prompt_encoder.mask_downscaling.0", Kernel(channels[1], channels[0], 2)).Norm("prompt_encoder.mask_downscaling.1", channels[1])
            .Layer("prompt_encoder.mask_downscaling.3", Kernel(channels[2], channels[1], 2)).Norm("prompt_encoder.mask_downscaling.4", channels[2])
            .Layer("prompt_encoder.mask_downscaling.6", Kernel(dim, channels[2], 1));
        for (var kind = 0; kind < 4; kind++)
        {
            tree.Add($"prompt_encoder.point_embeddings.{kind}.weight", 1, dim);
        }
    }

    private static void Transformer(StateTree tree, string prefix, long dim)
    {
        void Attention(string name, long inner)
        {
            foreach (var part in (string[])["q", "k", "v"])
            {
                tree.Layer($"{prefix}.{name}.{part}_proj", inner, dim);
            }

            tree.Layer($"{prefix}.{name}.out_proj", dim, inner);
        }

        for (var layer = 0; layer < 2; layer++)
        {
            Attention($"layers.{layer}.self_attn", dim);
            Attention($"layers.{layer}.cross_attn_token_to_image", dim / 2);
            Attention($"layers.{layer}.cross_attn_image_to_token", dim / 2);
            for (var norm = 1; norm <= 4; norm++)
            {
                tree.Norm($"{prefix}.layers.{layer}.norm{norm}", dim);
            }

            tree.Layer($"{prefix}.layers.{layer}.mlp.lin1", 2048, dim).Layer($"{prefix}.layers.{layer}.mlp.lin2", dim, 2048);
        }

        Attention("final_attn_token_to_image", dim / 2);
        tree.Norm($"{prefix}.norm_final_attn", dim);
    }

    private static void Heads(StateTree tree, long dim)
    {
        for (var mask = 0; mask < 4; mask++)
        {
            var prefix = $"mask_decoder.output_hypernetworks_mlps.{mask}.layers";
            tree.Layer($"{prefix}.0", dim, dim).Layer($"{prefix}.1", dim, dim).Layer($"{prefix}.2", 32, dim);
        }

        tree.Layer("mask_decoder.iou_prediction_head.layers.0", 256, dim).Layer("mask_decoder.iou_prediction_head.layers.1", 256, 256)
            .Layer("mask_decoder.iou_prediction_head.layers.2", 4, 256);
    }
}
