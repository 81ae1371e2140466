# bash completion of tradewind, made by 'tradewind completion'
_tradewind()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=""
    case "$COMP_CWORD:${COMP_WORDS[1]}" in
    1:*) words=" run backtest sweep fit predict explain price price iv report curve bond score serve data features ta model describe completion man reference version --help --version" ;;
    2:price) words=" engines" ;;
    2:data) words=" import show check adjust simulate calendar" ;;
    2:features) words=" list calc" ;;
    2:ta) words=" list show calc plot" ;;
    2:model) words=" inspect convert" ;;
    esac
    if [ "$before" = --isa ]; then words=" best baseline avx2 avx512"
    elif [[ $word == -* && -z $words ]]; then
        case "${COMP_WORDS[1]} ${COMP_WORDS[2]}" in
        "run "*) words=" --out --budget --fresh --jobs --isa --quiet --help" ;;
        "backtest "*) words=" --out --set --jobs --isa --quiet --help" ;;
        "sweep "*) words=" --out --no-paths --resume --jobs --isa --quiet --help" ;;
        "fit "*) words=" --train --target --out --learner --params --valid --valid-share --weight --group --ignore --categorical --seed --from --missing --delimiter --jobs --isa --quiet --help" ;;
        "predict "*) words=" --in --out --keep --margin --missing --delimiter --jobs --isa --quiet --help" ;;
        "explain "*) words=" --in --method --out --background --feature --points --target --metric --repeats --seed --keep --missing --delimiter --jobs --isa --quiet --help" ;;
        "price "*) words=" --in --out --engine --params --values --instrument --model --keep --jobs --isa --quiet --help" ;;
        "price engines") words=" --jobs --isa --quiet --help" ;;
        "iv "*) words=" --in --out --instrument --model --keep --jobs --isa --quiet --help" ;;
        "report "*) words=" --benchmark --factors --loadings --bars --sectors --risk-free --required --periods --seed --set --out --jobs --isa --quiet --help" ;;
        "curve "*) words=" --in --date --discount --interpolation --convention --at --jacobian --out --jobs --isa --quiet --help" ;;
        "bond "*) words=" --in --date --convention --curve --curve-convention --interpolation --out --jobs --isa --quiet --help" ;;
        "score "*) words=" --in --out --last --import --jobs --isa --quiet --help" ;;
        "serve "*) words=" --port --address --state --set --jobs --isa --quiet --help" ;;
        "data import") words=" --out --rejects --strict --import --jobs --isa --quiet --help" ;;
        "data show") words=" --symbols --csv --import --jobs --isa --quiet --help" ;;
        "data check") words=" --which --set --actions --other --universe --json --limit --strict --out --import --jobs --isa --quiet --help" ;;
        "data adjust") words=" --actions --rejects --how --as-of --out --import --jobs --isa --quiet --help" ;;
        "data simulate") words=" --set --out --jobs --isa --quiet --help" ;;
        "data calendar") words=" --jobs --isa --quiet --help" ;;
        "features list") words=" --jobs --isa --quiet --help" ;;
        "features calc") words=" --in --expr --set --let --out --import --jobs --isa --quiet --help" ;;
        "ta list") words=" --group --json --out --jobs --isa --quiet --help" ;;
        "ta show") words=" --jobs --isa --quiet --help" ;;
        "ta calc") words=" --in --params --out --import --jobs --isa --quiet --help" ;;
        "ta plot") words=" --in --params --out --symbol --last --width --height --import --jobs --isa --quiet --help" ;;
        "model inspect") words=" --json --out --jobs --isa --quiet --help" ;;
        "model convert") words=" --to --out --jobs --isa --quiet --help" ;;
        "describe "*) words=" --json --out --jobs --isa --quiet --help" ;;
        "completion "*) words=" --out --jobs --isa --quiet --help" ;;
        "man "*) words=" --out --jobs --isa --quiet --help" ;;
        "reference "*) words=" --out --jobs --isa --quiet --help" ;;
        "version "*) words=" --jobs --isa --quiet --help" ;;
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}
# Where nothing is offered, names of files are.
complete -o default -F _tradewind tradewind
